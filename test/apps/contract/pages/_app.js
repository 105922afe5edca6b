import "../styles/global.css";

export default function App({ Component, pageProps, router }) {
  return (
    <div id="app" data-pathname={router.pathname} data-route={router.route}>
      <Component {...pageProps} />
    </div>
  );
}
