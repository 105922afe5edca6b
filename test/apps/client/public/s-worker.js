(window.order ||= []).push("worker");
