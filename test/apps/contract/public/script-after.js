window.order = (window.order || []).concat("after");
