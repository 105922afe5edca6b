declare module "next/font/local" {
  /** What a font gives a component. */
  export interface NextFont {
    className: string;
    style: { fontFamily: string; fontWeight?: number; fontStyle?: string };
  }

  /** The same with the class that defines the CSS variable. */
  export interface NextFontWithVariable extends NextFont {
    variable: string;
  }

  export type CssVariable = `--${string}`;
  export type Display = "auto" | "block" | "swap" | "fallback" | "optional";

  /** Fonts from files of the app. */
  export default function localFont<Variable extends CssVariable | undefined = undefined>(options: {
    /** The file, relative to this one, or one for each weight and style. */
    src: string | Array<{ path: string; weight?: string; style?: string }>;
    display?: Display;
    weight?: string;
    style?: string;
    /** The font whose size the fallback takes on. */
    adjustFontFallback?: "Arial" | "Times New Roman" | false;
    fallback?: string[];
    preload?: boolean;
    /** The name of a CSS variable for the font. */
    variable?: Variable;
    declarations?: Array<{ prop: string; value: string }>;
  }): Variable extends undefined ? NextFont : NextFontWithVariable;
}
