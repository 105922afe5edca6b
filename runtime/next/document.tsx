/**
 * `next/document`: the page around the app. Rendered on the server only, once
 * per request, to static markup; what it needs comes through HtmlContext.
 */
import { Children, Component, Fragment, createElement, isValidElement, useContext } from "react";
import type { HTMLAttributes, ReactElement, ReactNode, ScriptHTMLAttributes } from "react";
import { HtmlContext, MAIN_SLOT } from "./context";
import type { DocumentContext, DocumentInitialProps, HtmlContextValue, ScriptProps } from "./context";

export type { DocumentContext, DocumentInitialProps } from "./context";
export type DocumentProps = DocumentInitialProps & HtmlContextValue;

/** Props that <Head> and <NextScript> share. */
export interface OriginProps {
  nonce?: string;
  crossOrigin?: "anonymous" | "use-credentials" | "";
  children?: ReactNode;
}

/** JSON that may stand inside a script element: no "<", ">", "&" nor line separators. */
export function escapeJSON(json: string): string {
  return json.replace(/[&><\u2028\u2029]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
}

function useDocument(part: keyof HtmlContextValue["rendered"]): HtmlContextValue {
  const context = useContext(HtmlContext);
  if (!context) {
    throw new Error(
      `<${part}> of next/document was rendered outside pages/_document. Use it only there; for tags of a page use next/head.`,
    );
  }
  context.rendered[part] = true;
  return context;
}

/** URL of a built asset. */
function assetUrl(context: HtmlContextValue, file: string): string {
  return bareUrl(context, file) + context.assetQuery;
}

/**
 * URL of what other files import by its name: an ES module, a font of a style sheet.
 * With a query it would be another module, or be loaded twice.
 */
function bareUrl(context: HtmlContextValue, file: string): string {
  return `${context.assetPrefix}/_next/${file.split("/").map(encodeURIComponent).join("/")}`;
}

/** Markup inside an inline <Script>: its dangerouslySetInnerHTML or text children. */
function inlineScript(script: ScriptProps): { __html: string } | undefined {
  const inner = script.dangerouslySetInnerHTML as { __html?: string } | undefined;
  if (inner?.__html) return { __html: inner.__html };
  const children = script.children;
  if (!children) return;
  return { __html: scriptText(Array.isArray(children) ? children.join("") : String(children)) };
}

/**
 * Text of a script element, which a tag of that name within a string must not end.
 * The escape means the same in strings, expressions and JSON.
 */
function scriptText(code: string): string {
  return code.replace(/(<\/?)(s)(?=cript)/gi, (_, open: string, s: string) => open + (s === "s" ? "\\u0073" : "\\u0053"));
}

/** Props of a beforeInteractive script that go to the element. */
function scriptAttributes(script: ScriptProps): Record<string, unknown> {
  const {
    strategy: _strategy,
    children: _children,
    dangerouslySetInnerHTML: _inner,
    onLoad: _onLoad,
    onReady: _onReady,
    onError: _onError,
    stylesheets: _stylesheets,
    ...rest
  } = script;
  return rest;
}

function isElement(node: ReactNode): node is ReactElement<Record<string, any>> {
  return isValidElement(node);
}

/** Every <Script> directly below the document's own <Head>. */
function documentScripts(children: ReactNode): ScriptProps[] {
  const found: ScriptProps[] = [];
  const visit = (nodes: ReactNode) =>
    Children.forEach(nodes, (node) => {
      if (!isElement(node)) return;
      if (node.type === Head || node.type === Fragment || node.type === "head" || node.type === "body") {
        visit(node.props.children);
      } else if ((node.type as { __nextScript?: true }).__nextScript) found.push(node.props);
    });
  visit(children);
  return found;
}

/** The html element; lang comes from the locale unless given. */
export function Html({ children, ...rest }: HTMLAttributes<HTMLHtmlElement>): ReactElement {
  const context = useDocument("Html");
  const before: ScriptProps[] = [];
  const later: ScriptProps[] = [];
  for (const script of documentScripts(children)) {
    const { strategy = "afterInteractive" } = script;
    if (strategy === "beforeInteractive") before.push(script);
    else if (strategy !== "worker") later.push({ ...script, strategy });
  }
  const own = { ...context, beforeInteractive: [...context.beforeInteractive, ...before] };
  context.__NEXT_DATA__.scriptLoader = later;
  return (
    <HtmlContext.Provider value={own}>
      <html {...rest} lang={rest.lang ?? context.locale} data-dpl-id={context.deploymentId}>
        {children}
      </html>
    </HtmlContext.Provider>
  );
}

/** Preloads of next/font; where all files wait, at least the connection is made early. */
function fontLinks(context: HtmlContextValue, nonce: string | undefined): ReactElement[] {
  const { fonts } = context;
  if (!fonts) return [];
  if (!fonts.length) {
    return [<link key="fonts" data-next-font="size-adjust" rel="preconnect" href="/" crossOrigin="anonymous" />];
  }
  return fonts.map((file) => (
    <link
      key={file}
      nonce={nonce}
      rel="preload"
      href={bareUrl(context, file)}
      as="font"
      type={"font/" + file.slice(file.lastIndexOf(".") + 1)}
      crossOrigin="anonymous"
      data-next-font={/-s\./.test(file) ? "size-adjust" : ""}
    />
  ));
}

function styleLinks(context: HtmlContextValue, { nonce, crossOrigin }: OriginProps): ReactElement[] {
  const link = (file: string, kind: Record<string, string>) => {
    const href = assetUrl(context, file);
    return (
      <Fragment key={file}>
        <link nonce={nonce} rel="preload" href={href} as="style" crossOrigin={crossOrigin} />
        <link nonce={nonce} rel="stylesheet" href={href} crossOrigin={crossOrigin} {...kind} />
      </Fragment>
    );
  };
  const { styles, globalStyles, dynamicStyles } = context;
  const known = new Set(styles);
  return [
    ...styles.map((file, i) => link(file, i < globalStyles ? { "data-n-g": "" } : { "data-n-p": "" })),
    ...dynamicStyles.filter((file) => !known.has(file)).map((file) => link(file, { "data-n-p": "" })),
  ];
}

function scriptTags(context: HtmlContextValue, { nonce, crossOrigin }: OriginProps): ReactElement[] {
  const src = (file: string) => assetUrl(context, file);
  // In development they are classic scripts, which define modules and run in order.
  const kind = process.env.NODE_ENV === "development" ? { defer: true } : { type: "module" };
  return [
    ...context.scripts.map((file) => (
      <script key={file} {...kind} src={bareUrl(context, file)} nonce={nonce} crossOrigin={crossOrigin} />
    )),
    ...context.manifestScripts.map((file) => (
      <script key={file} src={src(file)} nonce={nonce} defer crossOrigin={crossOrigin} />
    )),
  ];
}

const preloadKind = process.env.NODE_ENV === "development" ? { rel: "preload", as: "script" } : { rel: "modulepreload" };

/** next/head's tags, its own children, then stylesheets and scripts of the page. */
export function Head({
  nonce,
  crossOrigin,
  children,
  ...rest
}: OriginProps & HTMLAttributes<HTMLHeadElement>): ReactElement {
  const context = useDocument("Head");
  const origin = { nonce: nonce ?? context.nonce, crossOrigin: crossOrigin ?? context.crossOrigin };
  const js = !context.disableRuntimeJS;
  const scripts = new Set(context.scripts);
  const preload = [...new Set([...context.preload, ...context.dynamicScripts])].filter(
    (f) => !scripts.has(f),
  );
  const before = context.beforeInteractive;
  return (
    <head {...rest}>
      {context.head}
      {checkChildren(children)}
      {before.map((script, i) =>
        script.src ? null : (
          <script
            key={script.id ?? i}
            {...scriptAttributes(script)}
            nonce={origin.nonce}
            dangerouslySetInnerHTML={inlineScript(script)}
            data-nscript="beforeInteractive"
            crossOrigin={origin.crossOrigin}
          />
        ),
      )}
      {fontLinks(context, origin.nonce)}
      {js && !context.disableJsPreload
        ? preload.map((file) => (
            <link key={file} {...preloadKind} href={bareUrl(context, file)} {...origin} />
          ))
        : null}
      {styleLinks(context, origin)}
      <noscript data-n-css={origin.nonce ?? ""} />
      {js
        ? context.polyfills.map((file) => (
            <script key={file} defer noModule src={assetUrl(context, file)} {...origin} />
          ))
        : null}
      {before.map((script, i) =>
        script.src ? (
          <script
            key={script.src || i}
            {...(scriptAttributes(script) as ScriptHTMLAttributes<HTMLScriptElement>)}
            defer={(script.defer as boolean | undefined) ?? true}
            nonce={(script.nonce as string | undefined) ?? origin.nonce}
            data-nscript="beforeInteractive"
            crossOrigin={origin.crossOrigin}
          />
        ) : null,
      )}
      {js ? scriptTags(context, origin) : null}
      {context.styleElements}
    </head>
  );
}

/** Scripts that must not be run by React's own rules are dropped where Next.js drops them; in development a stray title is reported. */
function checkChildren(children: ReactNode): ReactNode {
  return Children.map(children, (child) => {
    if (!isElement(child)) return child;
    if (process.env.NODE_ENV === "development") {
      if (child.type === "title") {
        console.warn(
          "A <title> stands in the <Head> of pages/_document. It would be the title of every page; use next/head in pages/_app instead.",
        );
      } else if (child.type === "meta" && child.props.name === "viewport") {
        console.warn(
          "A viewport meta tag stands in the <Head> of pages/_document. Pages cannot replace it there; use next/head in pages/_app instead.",
        );
      }
    }
    return child;
  });
}

declare const process: { env: { NODE_ENV?: string } };

/** Where the app goes. */
export function Main(): ReactElement {
  useDocument("Main");
  const name = MAIN_SLOT.slice(1, MAIN_SLOT.indexOf(">"));
  return createElement(name);
}

/** __NEXT_DATA__; the scripts themselves stand in the head. */
export function NextScript({ nonce, crossOrigin }: OriginProps): ReactElement | null {
  const context = useDocument("NextScript");
  if (context.disableRuntimeJS) return null;
  return (
    <script
      id="__NEXT_DATA__"
      type="application/json"
      nonce={nonce ?? context.nonce}
      crossOrigin={crossOrigin ?? context.crossOrigin}
      dangerouslySetInnerHTML={{ __html: context.nextDataText() }}
    />
  );
}

/**
 * The text that <NextScript> puts into its script, for hashes of a content
 * security policy; props are those of the document.
 */
NextScript.getInlineScriptSource = (props: Pick<HtmlContextValue, "nextDataText">): string => props.nextDataText();

/** The document of an app that has no pages/_document; base class of those that are classes. */
export default class Document<P = {}> extends Component<DocumentProps & P> {
  /** Renders the page; override to collect styles, calling this first. */
  static getInitialProps(ctx: DocumentContext): Promise<DocumentInitialProps> {
    return ctx.defaultGetInitialProps(ctx);
  }

  override render(): ReactElement {
    return (
      <Html>
        <Head />
        <body>
          <Main />
          <NextScript />
        </body>
      </Html>
    );
  }
}
