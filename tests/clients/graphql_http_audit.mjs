// The public audit suite of GraphQL over HTTP against one address: node graphql_http_audit.mjs URL
// Prints one JSON line for each audit; ends with 1 when any of them is an error or a warning.
import { serverAudits } from "graphql-http";

const [url] = process.argv.slice(2);
let failed = 0;
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  if (result.status === "error" || result.status === "warn") {
    failed += 1;
  }
  console.log(JSON.stringify({ id: result.id, name: result.name, status: result.status, reason: result.reason ?? null }));
}
process.exitCode = failed ? 1 : 0;
