/**
 * `next/headers` in pages: the module can be imported, as packages for both
 * routers do, and each call says what a page uses instead.
 */

function appRouterOnly(name: string, instead: string): never {
  throw new Error(`${name}() of next/headers works under the App Router only. In a page or API route ${instead}.`);
}

export function cookies(): never {
  return appRouterOnly("cookies", "read req.cookies and write the header set-cookie");
}

export function headers(): never {
  return appRouterOnly("headers", "read req.headers");
}

export function draftMode(): never {
  return appRouterOnly("draftMode", "call res.setDraftMode({ enable: true }) and read context.draftMode");
}
