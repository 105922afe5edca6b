(window.order ||= []).push("before-doc");
