// What an app does with Apollo Client: a query, an error, an upload, a list of uploads, persisted queries.
// Usage: node apollo_client.mjs URL TOKEN PICTURE. Prints one JSON object.
import { readFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import UploadHttpLink from "apollo-upload-client/UploadHttpLink.mjs";

const [uri, token, picture] = process.argv.slice(2);
const headers = { authorization: `Bearer ${token}` };
const client = new ApolloClient({ link: new UploadHttpLink({ uri, headers }), cache: new InMemoryCache() });
const UPLOAD = gql`
  mutation Upload($file: Upload!, $name: String) {
    uploadAsset(file: $file, type: "image", name: $name) {
      success
      userErrors { field code message }
      asset { id name url mimeType width height }
    }
  }
`;
const UPLOAD_MANY = gql`
  mutation UploadMany($files: [Upload!]!) {
    uploadAssets(files: $files, type: "image") {
      success
      assets { name }
      userErrors { field code }
    }
  }
`;
const bytes = readFileSync(picture);
const file = (name, content = bytes) => new File([content], name, { type: "image/png" });
const results = {};

const me = await client.query({ query: gql`query Me { me { name } }` });
results.me = me.data.me;

const uploaded = await client.mutate({ mutation: UPLOAD, variables: { file: file("door.png"), name: "Door" } });
results.uploaded = uploaded.data.uploadAsset;

const broken = await client.mutate({ mutation: UPLOAD, variables: { file: file("a.png", "no picture") } });
results.refused = broken.data.uploadAsset.userErrors;

const many = await client.mutate({
  mutation: UPLOAD_MANY,
  variables: { files: [file("one.png"), file("two.png"), file("three.svg", "<svg/>")] },
});
results.many = many.data.uploadAssets;

results.errors = {};
const failing = {
  validation: gql`query Wrong { nothing }`,
  input: gql`query Bad { scenarios(limit: -1) { id } }`,
};
for (const [name, query] of Object.entries(failing)) {
  try {
    await client.query({ query });
    results.errors[name] = "no error";
  } catch (error) {
    results.errors[name] = CombinedGraphQLErrors.is(error) ? error.errors[0].extensions.code : String(error);
  }
}

const seen = [];
const watch = new ApolloLink((operation, forward) => {
  seen.push(Boolean(operation.extensions.persistedQuery) && operation.getContext().http?.includeQuery === true);
  return forward(operation);
});
const persisted = new ApolloClient({
  link: ApolloLink.from([
    new PersistedQueryLink({ sha256: (text) => createHash("sha256").update(text).digest("hex") }),
    watch,
    new HttpLink({ uri, headers }),
  ]),
  cache: new InMemoryCache(),
});
// A text that no earlier run has left in the cache of the server.
const query = gql(`query PersistedByApollo${process.pid}_${Date.now()} { me { name id } }`);
for (let round = 0; round < 2; round += 1) {
  const answer = await persisted.query({ query, fetchPolicy: "network-only" });
  results.persisted = { name: answer.data.me.name, textSent: [...seen] };
}
console.log(JSON.stringify(results));
process.exit(0);
