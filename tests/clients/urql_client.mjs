// What an app does with urql: a query, an error, an upload, persisted queries. Usage: node urql_client.mjs URL TOKEN PICTURE.
import { readFileSync } from "node:fs";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";

const [url, token, picture] = process.argv.slice(2);
const bodies = [];
const fetchAndNote = (address, init) => {
  if (typeof init?.body === "string") bodies.push(JSON.parse(init.body));
  return fetch(address, init);
};
const options = { url, fetchOptions: { headers: { authorization: `Bearer ${token}`, "x-requested-with": "urql" } } };
const client = new Client({ ...options, fetch: fetchAndNote, exchanges: [fetchExchange], preferGetMethod: false });
const results = {};

results.me = (await client.query("query Me { me { name } }", {}).toPromise()).data.me;

const file = new File([readFileSync(picture)], "door.png", { type: "image/png" });
const UPLOAD = `mutation Upload($file: Upload!) {
  uploadAsset(file: $file, type: "image") { success asset { name width height } userErrors { code } }
}`;
results.uploaded = (await client.mutation(UPLOAD, { file }).toPromise()).data.uploadAsset;

const wrong = await client.query("query Wrong { nothing }", {}).toPromise();
results.error = wrong.error.graphQLErrors[0].extensions.code;

bodies.length = 0;
const persisted = new Client({
  ...options,
  fetch: fetchAndNote,
  preferGetMethod: false,
  exchanges: [persistedExchange({ preferGetForPersistedQueries: false }), fetchExchange],
});
// A text that no earlier run has left in the cache of the server.
const query = `query PersistedByUrql${process.pid}_${Date.now()} { me { name id } }`;
for (let round = 0; round < 2; round += 1) {
  const answer = await persisted
    .query(query, {}, { requestPolicy: "network-only" })
    .toPromise();
  results.persisted = { name: answer.data.me.name, textSent: bodies.map((body) => Boolean(body.query)) };
}
console.log(JSON.stringify(results));
process.exit(0);
