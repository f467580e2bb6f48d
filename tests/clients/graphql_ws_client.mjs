// What an app does with the official graphql-ws client: a query, a mutation, errors, a subscription, a new
// connection when its token has run out, and what a client does wrong. Usage: node graphql_ws_client.mjs URL TOKEN
// SHORT_TOKEN SCENARIO SCENE. Prints one JSON object.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, token, shortToken, scenario, scene] = process.argv.slice(2);
const results = { closes: [] };
const RENAME = `mutation Rename($id: ID!, $title: String!) {
  updateScene(id: $id, input: { title: $title }) { success }
}`;
const CHANGED = `subscription Changed($id: ID!) {
  scenarioChanged(id: $id) { revision by { name } edits { kind thing scene { title } } }
}`;

const once = (client, payload) =>
  new Promise((resolve, reject) => {
    let answer;
    client.subscribe(payload, { next: (data) => (answer = data), error: reject, complete: () => resolve(answer) });
  });

const client = createClient({ url, webSocketImpl: WebSocket, connectionParams: { Authorization: `Bearer ${token}` } });
results.me = (await once(client, { query: "{ me { name } }" })).data.me;
results.partial = (await once(client, { query: "{ me { name } scenarios(limit: -1) { id } }" })).errors[0].extensions.code;
results.refused = await once(client, { query: "{ nothing }" }).catch((errors) => errors[0].extensions.code);
results.unparsed = await once(client, { query: "{ nothing" }).catch((errors) => errors[0].extensions.code);

// Edits until the first is told: the protocol does not say when a subscription has begun.
const told = client.iterate({ query: CHANGED, variables: { id: scenario } });
const first = told.next();
let isTold = false;
first.then(() => (isTold = true));
for (let number = 0; !isTold; number += 1) {
  const answer = await once(client, { query: RENAME, variables: { id: scene, title: `Room ${number}` } });
  results.renamed = answer.data.updateScene.success;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
results.told = (await first).value.data.scenarioChanged;
await told.return();
results.ping = await new Promise((resolve) => {
  const pinging = createClient({ url, webSocketImpl: WebSocket, lazy: false, keepAlive: 50, on: { pong: (received) => received && resolve("pong") } });
  setTimeout(() => (pinging.dispose(), resolve("no pong")), 5000).unref();
});
await client.dispose();

// A token that runs out closes the socket with 4403, which the client answers with a new connection and token.
let connections = 0;
const renewing = createClient({
  url,
  webSocketImpl: WebSocket,
  retryAttempts: 3,
  connectionParams: () => ({ Authorization: `Bearer ${connections++ === 0 ? shortToken : token}` }),
  on: { closed: (event) => results.closes.push(event.code) },
});
await new Promise((resolve) => {
  const stop = renewing.subscribe(
    { query: CHANGED, variables: { id: scenario } },
    { next: () => {}, error: (error) => (results.renewError = String(error), resolve()), complete: () => {} },
  );
  renewing.on("connected", () => connections === 2 && setTimeout(() => (stop(), resolve()), 300));
});
results.connections = connections;
await renewing.dispose();

// Misuse, as a broken client would.
const closedBy = (subprotocol, ...messages) =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, subprotocol);
    socket.on("open", () => messages.forEach((message) => socket.send(message)));
    socket.on("close", (code) => resolve(code));
    socket.on("error", () => {});
  });
const init = '{"type":"connection_init"}';
const subscribe = JSON.stringify({ id: "1", type: "subscribe", payload: { query: CHANGED, variables: { id: scenario } } });
results.misuse = {
  noJson: await closedBy("graphql-transport-ws", "hello"),
  unauthorized: await closedBy("graphql-transport-ws", subscribe),
  twice: await closedBy("graphql-transport-ws", init, init),
  forbidden: await closedBy("graphql-transport-ws", '{"type":"connection_init","payload":{"Authorization":"Bearer x.y.z"}}'),
  silent: await closedBy("graphql-transport-ws"),
};
console.log(JSON.stringify(results));
process.exit(0);
