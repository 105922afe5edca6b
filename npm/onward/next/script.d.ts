declare module "next/script" {
  import type { JSX, ReactNode, ScriptHTMLAttributes } from "react";

  export interface ScriptProps extends ScriptHTMLAttributes<HTMLScriptElement> {
    /** When to load it; default afterInteractive. */
    strategy?: "afterInteractive" | "lazyOnload" | "beforeInteractive" | "worker";
    id?: string;
    /** Called once, when the script has run. */
    onLoad?: (event: any) => void;
    /** Called when the script has run, and whenever the component is shown again. */
    onReady?: () => void | null;
    onError?: (event: any) => void;
    children?: ReactNode;
    stylesheets?: string[];
  }

  export type Props = ScriptProps;

  /** Loads a script of somebody else without being in the way of the page. */
  export default function Script(props: ScriptProps): JSX.Element | null;

  /** Loads a script as the component does. */
  export function handleClientScriptLoad(props: ScriptProps): void;
  export function initScriptLoader(scripts: ScriptProps[]): void;
}
