/** Locale prefixes and domains of i18n apps. */
import { clientConfig } from "./client-config";
import type { DomainLocale } from "./context";
import { addPrefix, hasPrefix, normalizeTrailingSlash, parsePath, removeTrailingSlash } from "./path";

/** Cuts a leading locale, compared without case; `locale` is the configured spelling. */
export function splitLocale(
  pathname: string,
  locales: readonly string[] | undefined,
): { pathname: string; locale?: string } {
  const first = pathname.split(/[/?#]/, 2)[1];
  const locale = first && locales?.find((l) => l.toLowerCase() === first.toLowerCase());
  return locale ? { pathname: withSlash(pathname.slice(first.length + 1)), locale } : { pathname };
}

function withSlash(path: string): string {
  return path.startsWith("/") ? path : "/" + path;
}

/** Locale in front, but for the default one, API routes and paths that have it. */
export function addLocale(path: string, locale?: string | false, defaultLocale?: string): string {
  if (!clientConfig().i18n || !locale || locale === defaultLocale) return path;
  const lower = path.toLowerCase();
  if (hasPrefix(lower, "/" + locale.toLowerCase()) || hasPrefix(lower, "/api")) return path;
  const { pathname, query, hash } = parsePath(addPrefix(path, "/" + locale));
  return normalizeTrailingSlash(removeTrailingSlash(pathname) + query + hash);
}

export function removeLocale(path: string, locale?: string): string {
  return clientConfig().i18n && locale && hasPrefix(path.toLowerCase(), "/" + locale.toLowerCase())
    ? withSlash(path.slice(locale.length + 1))
    : path;
}

/** The configured domain of a host name or of a locale. */
export function findDomain(
  domains: readonly DomainLocale[] | undefined,
  hostname?: string,
  locale?: string,
): DomainLocale | undefined {
  const wanted = locale?.toLowerCase();
  return domains?.find(
    (d) =>
      d.domain.split(":", 1)[0]!.toLowerCase() === hostname ||
      (wanted &&
        (d.defaultLocale.toLowerCase() === wanted || d.locales?.some((l) => l.toLowerCase() === wanted))),
  );
}
