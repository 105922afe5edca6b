(window.order ||= []).push("doc-lazy");
