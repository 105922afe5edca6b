import "react";

declare module "react" {
  interface StyleHTMLAttributes<T> {
    /** The styles are for the elements of this component alone. */
    jsx?: boolean;
    /** With jsx: the styles are for the whole page. */
    global?: boolean;
  }
}
