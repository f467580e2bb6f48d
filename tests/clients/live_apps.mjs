// Subscriptions as apps have them: Apollo Client 4 with its graphql-ws link and its cache, urql over graphql-ws and over
// graphql-sse. Usage: node live_apps.mjs URL SOCKET_URL TOKEN SCENARIO SCENE. Prints one JSON object.
import { ApolloClient, HttpLink, InMemoryCache, ApolloLink, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient as createSocketClient } from "graphql-ws";
import { createClient as createStreamClient } from "graphql-sse";
import WebSocket from "ws";

const [url, socketUrl, token, scenario, scene] = process.argv.slice(2);
// Apollo's link asks for the browser's class by name.
globalThis.WebSocket ??= WebSocket;
const headers = { authorization: `Bearer ${token}` };
const sockets = createSocketClient({ url: socketUrl, webSocketImpl: WebSocket, connectionParams: headers });
const streams = createStreamClient({ url: `${url}/stream`, headers });
const results = {};
const RENAME = `mutation Rename($id: ID!, $title: String!) {
  updateScene(id: $id, input: { title: $title }) { success scene { id title } }
}`;
const CHANGED = `subscription Changed($id: ID!) {
  scenarioChanged(id: $id) { __typename revision edits { __typename kind scene { __typename id title } } }
}`;
const rename = async (title) =>
  fetch(url, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ query: RENAME, variables: { id: scene, title } }),
  }).then((answer) => answer.json());

// Edits until the subscription tells of one; returns what it told.
const toldOf = async (subscribe, name) => {
  let told;
  const stop = subscribe((data) => (told = told ?? data), (error) => (told = { error: String(error) }));
  for (let number = 0; told === undefined; number += 1) {
    await rename(`${name} ${number}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  stop();
  return told;
};

const apollo = new ApolloClient({
  cache: new InMemoryCache(),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: url, headers }),
  ),
});
const SCENE = gql`query Scene($id: ID!) { scene(id: $id) { id title } }`;
await apollo.query({ query: SCENE, variables: { id: scene } });
results.apollo = await toldOf((next, error) => {
  const subscription = apollo
    .subscribe({ query: gql(CHANGED), variables: { id: scenario } })
    .subscribe({ next: (answer) => next(answer.data?.scenarioChanged ?? { error: String(answer.error) }), error });
  return () => subscription.unsubscribe();
}, "Apollo");
// The event has brought the scene up to date in the cache, without a further request.
const cached = apollo.readQuery({ query: SCENE, variables: { id: scene } });
results.cached = cached.scene.title === results.apollo.edits[0].scene.title;
const hidden = await new Promise((resolve) =>
  apollo
    .subscribe({ query: gql(CHANGED), variables: { id: "000000000000000000000000" } })
    .subscribe({ next: (answer) => resolve(answer.error), error: resolve }),
);
results.apolloHidden = hidden.errors[0].extensions.code;

const overSockets = subscriptionExchange({
  forwardSubscription: (request) => ({
    subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  }),
});
const overStreams = subscriptionExchange({
  forwardSubscription: (request) => ({
    subscribe: (sink) => ({ unsubscribe: streams.subscribe({ ...request, query: request.query ?? "" }, sink) }),
  }),
});
for (const [name, exchange] of [["urqlSocket", overSockets], ["urqlStream", overStreams]]) {
  const urql = new Client({ url, fetchOptions: { headers }, preferGetMethod: false, exchanges: [exchange, fetchExchange] });
  results[name] = await toldOf((next, error) => {
    const subscription = urql
      .subscription(CHANGED, { id: scenario })
      .subscribe((answer) => (answer.error ? error(answer.error) : next(answer.data.scenarioChanged)));
    return () => subscription.unsubscribe();
  }, name);
}
console.log(JSON.stringify(results));
process.exit(0);
