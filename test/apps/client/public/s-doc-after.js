(window.order ||= []).push("doc-after");
