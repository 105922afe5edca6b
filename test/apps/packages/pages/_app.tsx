import "@/styles/globals.css";
import { useState } from "react";
import type { AppProps } from "next/app";
import { SessionProvider } from "next-auth/react";
import { appWithTranslation } from "next-i18next";
import { ThemeProvider } from "next-themes";
import { DefaultSeo } from "next-seo";
import { Provider } from "react-redux";
import { CacheProvider, type EmotionCache } from "@emotion/react";
import { HydrationBoundary, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { emotionCache } from "@/lib/cache";
import { wrapper } from "@/lib/store";

const browserCache = emotionCache();

function App({ Component, emotionCache: cache = browserCache, ...rest }: AppProps & { emotionCache?: EmotionCache }) {
  const { store, props } = wrapper.useWrappedStore(rest);
  const { session, dehydratedState, ...pageProps } = props.pageProps;
  const [client] = useState(() => new QueryClient({ defaultOptions: { queries: { staleTime: 60_000 } } }));
  return (
    <CacheProvider value={cache}>
      <DefaultSeo titleTemplate="%s | Packages" defaultTitle="Packages" />
      <SessionProvider session={session}>
        <ThemeProvider attribute="data-theme" defaultTheme="light">
          <QueryClientProvider client={client}>
            <HydrationBoundary state={dehydratedState}>
              <Provider store={store}>
                <Component {...pageProps} />
              </Provider>
            </HydrationBoundary>
          </QueryClientProvider>
        </ThemeProvider>
      </SessionProvider>
    </CacheProvider>
  );
}

export default appWithTranslation(App as any);
