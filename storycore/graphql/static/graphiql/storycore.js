// Starts GraphiQL on this page's own address. The token lives as long as the browser tab.
(function () {
  "use strict";

  const TOKEN = "storycore.token";
  const opening = JSON.parse(document.getElementById("opening").textContent);
  const box = document.getElementById("token");
  const state = document.getElementById("token-state");

  function showState() {
    state.textContent = box.value.trim() ? "is sent" : "not sent";
  }

  box.value = sessionStorage.getItem(TOKEN) || "";
  box.addEventListener("input", function () {
    sessionStorage.setItem(TOKEN, box.value.trim());
    showState();
  });
  showState();

  async function send(request, options) {
    const headers = {
      "Content-Type": "application/json",
      "Accept": "application/graphql-response+json, application/json;q=0.9",
      "GraphQL-Preflight": "1",
    };
    const token = box.value.trim();
    if (token) {
      headers["Authorization"] = "Bearer " + token;
    }
    const response = await fetch(window.location.pathname, {
      method: "POST",
      headers: Object.assign(headers, (options && options.headers) || {}),
      body: JSON.stringify(request),
      credentials: "same-origin",
    });
    return response.json();
  }

  const tabs = opening.query
    ? [{ query: opening.query, variables: opening.variables || null }]
    : opening.examples.map(function (example) {
        return { query: example.query, variables: example.variables || null };
      });

  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher: send,
      defaultTabs: tabs,
      query: opening.query || undefined,
      variables: opening.variables || undefined,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: "variables",
    })
  );
})();
