window.order = (window.order || []).concat("lazy");
