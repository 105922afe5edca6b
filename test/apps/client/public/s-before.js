(window.order ||= []).push("before");
