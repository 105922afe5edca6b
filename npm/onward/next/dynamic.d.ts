declare module "next/dynamic" {
  import type { ComponentType, ReactNode } from "react";

  export type LoaderComponent<Props = {}> = Promise<ComponentType<Props> | { default: ComponentType<Props> }>;
  export type Loader<Props = {}> = (() => LoaderComponent<Props>) | LoaderComponent<Props>;
  export type LoaderMap = { [module: string]: () => Loader<any> };

  /** What the loading component gets. */
  export interface DynamicOptionsLoadingProps {
    error?: Error | null;
    isLoading?: boolean;
    /** It takes longer than 200 ms. */
    pastDelay?: boolean;
    retry?: () => void;
    timedOut?: boolean;
  }

  export interface LoadableGeneratedOptions {
    webpack?(): any;
    modules?(): LoaderMap;
  }

  export interface DynamicOptions<Props = {}> extends LoadableGeneratedOptions {
    /** Shown until the component is there. */
    loading?: (props: DynamicOptionsLoadingProps) => ReactNode;
    loader?: Loader<Props> | LoaderMap;
    loadableGenerated?: LoadableGeneratedOptions;
    /** Render it on the server, too; default true. */
    ssr?: boolean;
  }

  export type LoadableOptions<Props = {}> = DynamicOptions<Props>;
  export type LoadableFn<Props = {}> = (options: LoadableOptions<Props>) => ComponentType<Props>;
  export type LoadableComponent<Props = {}> = ComponentType<Props>;

  /** A component whose code is loaded when it is shown. */
  export default function dynamic<Props = {}>(
    loader: DynamicOptions<Props> | Loader<Props>,
    options?: DynamicOptions<Props>,
  ): ComponentType<Props>;

  export function noSSR<Props = {}>(
    loadable: LoadableFn<Props>,
    options: DynamicOptions<Props>,
  ): ComponentType<Props>;
}
