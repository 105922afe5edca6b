/** `next/form`: a GET form that navigates without loading a document. */
import { forwardRef, useContext, useEffect, useRef } from "react";
import type { FormHTMLAttributes, ReactElement, SubmitEvent } from "react";
import { RouterContext } from "./context";
import { addBasePath } from "./path";
import { isLocalUrl } from "./url";

export interface FormProps extends Omit<FormHTMLAttributes<HTMLFormElement>, "action"> {
  /** Path to go to with the fields as its query; a function is called by React as usual. */
  action: string | ((formData: FormData) => void | Promise<void>);
  /** Replace the history entry; default false. */
  replace?: boolean;
  /** Scroll to the top; default true. */
  scroll?: boolean;
  /** Without effect in pages, where a form always prefetches. */
  prefetch?: false | null;
}

/** Attributes that ask for another kind of request than this navigation. */
function isPlain(el: Element, prefix: string): boolean {
  const get = (name: string) => el.getAttribute(prefix + name);
  const method = get("method") ?? "get";
  const enctype = get("enctype") ?? get("encType") ?? "application/x-www-form-urlencoded";
  const target = get("target") ?? "_self";
  return (
    method.toLowerCase() === "get" &&
    enctype.toLowerCase() === "application/x-www-form-urlencoded" &&
    target.toLowerCase() === "_self"
  );
}

/** The page's URL with the fields as its query; files become their names. The button that was pressed does not count. */
function targetOf(action: string, form: HTMLFormElement): URL {
  const url = new URL(action, location.href);
  url.search = "";
  for (const [name, value] of new FormData(form)) {
    url.searchParams.append(name, typeof value === "string" ? value : value.name);
  }
  return url;
}

const Form = forwardRef<HTMLFormElement, FormProps>(function Form(
  { action, replace, scroll, prefetch: _prefetch, onSubmit, ...props },
  forwarded,
): ReactElement {
  // A navigation is all that this form does; these would ask for another kind of request.
  const { method: _method, encType: _encType, target: _target, ...rest } = props;
  const router = useContext(RouterContext);
  const prefetched = useRef(false);
  const path = typeof action === "string" ? action : undefined;
  useEffect(() => {
    if (path === undefined || !router || prefetched.current || !isLocalUrl(path)) return;
    prefetched.current = true;
    // A prefetch that fails costs nothing: submitting will load the page.
    router.prefetch(path).catch(() => {});
  }, [path, router]);

  if (path === undefined) {
    return <form {...rest} ref={forwarded} action={action as any} onSubmit={onSubmit} />;
  }

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    onSubmit?.(event);
    if (event.defaultPrevented || !router) return;
    const form = event.currentTarget;
    const submitter = (event.nativeEvent as unknown as { submitter: HTMLElement | null }).submitter;
    let to = path;
    if (submitter) {
      if (
        ["formmethod", "formenctype", "formtarget"].some((a) => submitter.hasAttribute(a)) &&
        !isPlain(submitter, "form")
      )
        return;
      const own = submitter.getAttribute("formaction");
      if (own !== null) to = own;
    }
    if (!isPlain(form, "") || !isLocalUrl(to)) return;
    event.preventDefault();
    const url = targetOf(to === path ? addBasePath(path) : to, form);
    router[replace ? "replace" : "push"](url.href, undefined, { scroll });
  };
  return <form {...rest} ref={forwarded} action={addBasePath(path)} onSubmit={submit} />;
});

export default Form;
