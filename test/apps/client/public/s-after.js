(window.order ||= []).push("after");
