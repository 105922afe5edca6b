// Runs before React takes the page over.
window.instrumented = !Object.keys(document.querySelector("#__next")?.firstChild ?? {}).some((key) => key.startsWith("__react"));
