/** Loading what a link needs before it is followed. */
import { clientConfig } from "../next/client-config";
import type { PrefetchOptions, Query } from "../next/context";
import { isDynamicRoute, matchRoute } from "../next/dynamic-route";
import { splitLocale } from "../next/locale";
import { parsePath, removeBasePath, removeTrailingSlash } from "../next/path";
import { isLocalUrl, parseRelativeUrl } from "../next/url";
import { fetchData } from "./data";
import { buildManifest, dataUrl, loadPage, pageDataUrl, prefetchPage, ssgManifest } from "./page-loader";
import { pageOf, resolveAddress } from "./resolve";
import type { Core } from "./router";

declare const process: { env: { NODE_ENV?: string; __ONWARD_HAS_MIDDLEWARE?: boolean } };

function isBot(): boolean {
  return /bot|crawl|spider|lighthouse|bingpreview|facebookexternalhit/i.test(navigator.userAgent);
}

/**
 * Fetches code and, of static pages, data. `url` and `as` have their basePath.
 * Nothing happens for what is no page of the app.
 */
export async function prefetch(core: Core, url: string, as: string, options: PrefetchOptions): Promise<void> {
  if (process.env.NODE_ENV !== "production" || isBot() || !isLocalUrl(url)) return;
  const { data, state } = core;
  const { i18n, optimisticClientCache, proxyPrefetch } = clientConfig();
  const { locales, defaultLocale } = data;
  const parsed = parseRelativeUrl(url);
  const query: Query = { ...parsed.query };
  let href = removeBasePath(parsed.pathname);
  let shown = removeBasePath(as);
  let locale = options.locale === false ? defaultLocale : options.locale || state.locale;
  if (i18n) {
    href = splitLocale(href, locales).pathname;
    const parts = parsePath(shown);
    const split = splitLocale(parts.pathname, locales);
    shown = split.pathname + parts.query + parts.hash;
    locale = split.locale ?? locale;
  }
  const build = await buildManifest();
  const found = await resolveAddress(shown, href, locale, build, query, locales);
  if (found.external) return;
  // The href may be a pattern with an address that only the server understands.
  let route = found.route ?? pageOf(href, build.sortedPages);
  let path = found.path;
  if (route && isDynamicRoute(route)) Object.assign(query, matchRoute(route, parsePath(path).pathname));

  const keep = !state.isPreview;
  let answered: string | undefined;
  if (process.env.__ONWARD_HAS_MIDDLEWARE && proxyPrefetch !== "strict") {
    const { effectOf, matchesMiddleware } = await import("./middleware");
    if (await matchesMiddleware(shown, locale)) {
      const source = dataUrl(data.buildId, shown, query, locale);
      const answer = await fetchData({ url: source, keep, prefetch: true, guarded: true });
      const effect = await effectOf(answer, source, build, locales, defaultLocale);
      if (effect.type === "leave") return;
      if (effect.type === "rewrite") {
        route = effect.route;
        path = effect.path;
        Object.assign(query, effect.query);
      }
      if (answer.json) answered = source;
    }
  }
  if (!route || !build.sortedPages.includes(removeTrailingSlash(route))) return;
  const page = removeTrailingSlash(route);
  const withData = async () => {
    if (!(await ssgManifest()).has(page)) return;
    const from = answered ?? pageDataUrl(data.buildId, page, query, path, locale);
    const refresh = !!options.priority && optimisticClientCache !== false;
    await fetchData({ url: from, keep, prefetch: true, refresh });
  };
  await Promise.allSettled([withData(), options.priority ? loadPage(page) : prefetchPage(page)]);
}
