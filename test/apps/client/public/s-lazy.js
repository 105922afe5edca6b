(window.order ||= []).push("lazy");
