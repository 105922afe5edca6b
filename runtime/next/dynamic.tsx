/** `next/dynamic`: components in files of their own, loaded when they render. */
import type { ComponentType, ReactNode } from "react";
import { loadable } from "./loadable";
import type { LoadableOptions, LoadingProps } from "./loadable";

export type LoaderComponent<P = {}> = Promise<ComponentType<P> | { default: ComponentType<P> }>;
export type Loader<P = {}> = (() => LoaderComponent<P>) | LoaderComponent<P>;
export type DynamicOptionsLoadingProps = LoadingProps;
export interface DynamicOptions<P = {}> {
  /** Shown meanwhile, and when loading failed; default nothing. */
  loading?: (props: LoadingProps) => ReactNode;
  loader?: Loader<P> | Record<string, Loader<P>>;
  /** false: not on the server; default true. */
  ssr?: boolean;
  /** Put there by the compiler. */
  loadableGenerated?: { modules?: string[]; webpack?: () => unknown };
  modules?: string[];
}

declare const process: { env: { NODE_ENV?: string } };

function Empty({ error, isLoading, pastDelay }: LoadingProps): ReactNode {
  if (process.env.NODE_ENV === "development" && pastDelay && !isLoading && error) {
    return (
      <p>
        {error.message}
        <br />
        {error.stack}
      </p>
    );
  }
  return null;
}

/** The modules of ES and CommonJS packages alike, as something with `default`. */
function withDefault(mod: any): { default: ComponentType<any> } {
  return { default: mod?.default ?? mod };
}

/**
 * A component that loads when it renders. Takes `() => import("./x")`, or
 * options with a `loader`.
 */
export default function dynamic<P = {}>(
  first: DynamicOptions<P> | Loader<P>,
  options?: DynamicOptions<P>,
): ComponentType<P> {
  let merged: DynamicOptions<P> = {};
  if (first instanceof Promise) merged.loader = () => first as LoaderComponent<P>;
  else if (typeof first === "function") merged.loader = first as Loader<P>;
  else if (first && typeof first === "object") merged = { ...(first as DynamicOptions<P>) };
  merged = { ...merged, ...options };
  const { loader, loading: Loading = Empty, ssr, loadableGenerated } = merged;
  const load = async () =>
    typeof loader === "function"
      ? withDefault(await loader())
      : withDefault(loader ? await loader : () => null);
  const full: LoadableOptions = {
    ...(merged as object),
    loader: load,
    loading: Loading,
    modules: loadableGenerated?.modules ?? merged.modules,
  };
  if (ssr !== false) return loadable(full);
  return noSSR(loadable, full);
}

/** The server renders what shows while loading; so does the first browser render. */
export function noSSR<P = {}>(
  make: (options: LoadableOptions) => ComponentType<P>,
  options: LoadableOptions,
): ComponentType<P> {
  if (typeof window !== "undefined") return make({ ...options, modules: undefined });
  const Loading = options.loading;
  return () => <Loading error={null} isLoading pastDelay={false} timedOut={false} />;
}
