// What an app does with the official graphql-sse client: a query, errors, a subscription over distinct connections.
// Usage: node graphql_sse_client.mjs URL TOKEN SCENARIO SCENE. Prints one JSON object.
import { createClient } from "graphql-sse";

const [url, token, scenario, scene] = process.argv.slice(2);
const client = createClient({ url, headers: { authorization: `Bearer ${token}` }, retryAttempts: 0 });
const results = {};
const RENAME = `mutation Rename($id: ID!, $title: String!) {
  updateScene(id: $id, input: { title: $title }) { success }
}`;
const CHANGED = `subscription Changed($id: ID!) {
  scenarioChanged(id: $id) { revision by { name } edits { kind thing scene { title } } }
}`;

const once = (payload, asking = client) =>
  new Promise((resolve, reject) => {
    let answer;
    asking.subscribe(payload, { next: (data) => (answer = data), error: reject, complete: () => resolve(answer) });
  });

results.me = (await once({ query: "{ me { name } }" })).data.me;
results.refused = (await once({ query: "{ nothing }" })).errors[0].extensions.code;
results.unparsed = (await once({ query: "{ nothing" })).errors[0].extensions.code;
results.hidden = (await once({ query: CHANGED, variables: { id: "000000000000000000000000" } })).errors[0].extensions.code;
const stranger = createClient({ url, headers: { authorization: "Bearer x.y.z" }, retryAttempts: 0 });
results.badToken = await once({ query: "{ me { name } }" }, stranger).catch((error) => error.response.status);

const told = client.iterate({ query: CHANGED, variables: { id: scenario } });
const first = told.next();
let isTold = false;
first.then(() => (isTold = true));
for (let number = 0; !isTold; number += 1) {
  results.renamed = (await once({ query: RENAME, variables: { id: scene, title: `Room ${number}` } })).data.updateScene.success;
  await new Promise((resolve) => setTimeout(resolve, 50));
}
results.told = (await first).value.data.scenarioChanged;
await told.return();
console.log(JSON.stringify(results));
process.exit(0);
