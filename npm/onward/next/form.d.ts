declare module "next/form" {
  import type { ForwardRefExoticComponent, HTMLProps, RefAttributes } from "react";

  export type FormProps<Path = any> = {
    /** The page to open, or a function to call. */
    action: string | ((data: FormData) => void | Promise<void>);
    /** false: do not load the page before the form is sent. */
    prefetch?: false | null;
    /** Take the place of the current entry of the history. */
    replace?: boolean;
    /** Scroll to the top; default true. */
    scroll?: boolean;
  } & Omit<HTMLProps<HTMLFormElement>, "action" | "method" | "target" | "encType">;

  /** A form that opens its page with the fields in the query, without loading a document. */
  const Form: ForwardRefExoticComponent<Omit<FormProps, "ref"> & RefAttributes<HTMLFormElement>>;
  export default Form;
}
