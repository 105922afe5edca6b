let last = 0;

/** What a data function was told of preview mode, and when it ran. */
export function shown(context, name) {
  const { preview, draftMode, previewData, params, revalidateReason } = context;
  last = Math.max(Date.now(), last + 1); // no two alike
  return {
    keys: Object.keys(context).filter((key) => !/^(locale|req$|res$|query$|resolvedUrl$)/.test(key)).sort(),
    preview: preview ?? null,
    draftMode: draftMode ?? null,
    previewData: previewData === undefined ? "undefined" : previewData,
    params: params ?? null,
    reason: revalidateReason ?? null,
    stamp: `stamp-${name.replace(/\W/g, "_")}-${last}`,
  };
}

export function Shown(props) {
  return <pre>{JSON.stringify(props)}</pre>;
}
