(window.order ||= []).push("once");
