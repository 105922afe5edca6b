/**
 * `userAgent()` of next/server: browser, engine, system and device, read from
 * the User-Agent header by tables of the names that clients in use carry.
 */

export interface UserAgent {
  isBot: boolean;
  ua: string;
  browser: { name?: string; version?: string; major?: string };
  device: { model?: string; type?: string; vendor?: string };
  engine: { name?: string; version?: string };
  os: { name?: string; version?: string };
  cpu: { architecture?: string };
}

const bots = new RegExp(
  [
    "Googlebot", "Mediapartners-Google", "AdsBot-Google", "googleweblight", "Storebot-Google", "Google-PageRenderer",
    "Google-InspectionTool", "Bingbot", "BingPreview", "Slurp", "DuckDuckBot", "baiduspider", "yandex", "sogou", "LinkedInBot",
    "bitlybot", "tumblr", "vkShare", "quora link preview", "facebookexternalhit", "facebookcatalog", "Twitterbot", "applebot",
    "redditbot", "Slackbot", "Discordbot", "WhatsApp", "SkypeUriPreview", "ia_archiver", "GPTBot",
  ].join("|"),
  "i",
);

/** [name, pattern whose first group is the version]. The first that matches counts: derived browsers stand before what they derive from. */
type Names = readonly (readonly [string, RegExp])[];

const browsers: Names = [
  ["Opera Mini", /opera mini\/([\w.]+)/i],
  ["Opera", /\bopr\/([\w.]+)/i],
  ["Opera", /\bopera(?:.+version\/|[/ ]+)([\w.]+)/i],
  ["Edge", /\bedg(?:e|ios|a)?\/([\w.]+)/i],
  ["Samsung Internet", /samsungbrowser\/([\w.]+)/i],
  ["UCBrowser", /ucbrowser\/([\w.]+)/i],
  ["Yandex", /yabrowser\/([\w.]+)/i],
  ["Vivaldi", /vivaldi\/([\w.]+)/i],
  ["DuckDuckGo", /duckduckgo\/([\w.]+)/i],
  ["MIUI Browser", /miuibrowser\/([\w.]+)/i],
  ["Facebook", /\bfb[as]v\/([\w.]+)/i],
  ["Instagram", /instagram[/ ]([\w.]+)/i],
  ["Electron", /electron\/([\w.]+) safari/i],
  ["Chrome Headless", /headlesschrome(?:\/([\w.]+))?/i],
  ["Chrome WebView", /; wv\).+chrome\/([\w.]+)/i],
  ["Firefox", /\bfxios\/([\w.]+)/i],
  ["Chrome", /\bcrios\/([\w.]+)/i],
  ["Chromium", /chromium\/([\w.]+)/i],
  ["Chrome", /chrome\/v?([\w.]+)/i],
  ["Android Browser", /android .+version\/([\w.]+).+safari/i],
  ["Mobile Safari", /version\/([\w.]+) .*mobile\/\w+ safari/i],
  ["Mobile Safari", /iphone.+version\/([\w.]+).*safari/i],
  ["Safari", /version\/([\w.]+) .*safari/i],
  ["WebKit", /iphone os.*applewebkit\/([\w.]+).*mobile\/\w+$/i],
  ["IE", /\bmsie ([\w.]+)/i],
  ["IE", /trident.+rv[: ]([\w.]{1,9})\b.+like gecko/i],
  ["Firefox", /firefox\/([\w.]+)/i],
];

const engines: Names = [
  ["EdgeHTML", /windows.+ edge\/([\w.]+)/i],
  ["Blink", /webkit\/537\.36.+chrome\/(?!27)([\w.]+)/i],
  ["Presto", /presto\/([\w.]+)/i],
  ["WebKit", /webkit\/([\w.]+)/i],
  ["Trident", /trident\/([\w.]+)/i],
  ["Gecko", /rv:([\w.]{1,9})\b.+gecko/i],
];

/** What Windows calls itself, by the version of its kernel. */
const windows: Record<string, string> = { "5.1": "XP", "5.2": "XP", "6.0": "Vista", "6.1": "7", "6.2": "8", "6.3": "8.1", "6.4": "10", "10.0": "10" };

const systems: Names = [
  ["Windows Phone", /windows phone(?: os)?[/ ]?([\d.]*)/i],
  ["Windows", /windows nt ?([\d.]+)/i],
  ["Windows", /windows[/ ]?(xp|vista|\d[\d.]*)?/i],
  ["iOS", /ip(?:hone|ad|od).*?os ([\d_]+)/i],
  ["iOS", /ip(?:hone|ad|od)()/i],
  ["Mac OS", /mac ?os ?x? ?([\d_.]*)/i],
  ["Android", /android(?:[-/ ]([\d.]+))?/i],
  ["Chromium OS", /cros \w+(?: ([\d.]+))?/i],
  ["Ubuntu", /ubuntu[/ ]?([\d.]*)/i],
  ["Fedora", /fedora[/ ]?([\w.]*)/i],
  ["Debian", /debian[/ ]?([\w.]*)/i],
  ["FreeBSD", /freebsd[/ ]?([\w.]*)/i],
  ["Linux", /linux ?([\w.]*)/i],
];

/** [vendor, type, pattern whose first group is the model]. */
const devices: readonly (readonly [string, string, RegExp])[] = [
  ["Apple", "mobile", /\((ip(?:hone|od)[\w, ]*?);/i],
  ["Apple", "tablet", /\((ipad);[-\w),; ]+apple/i],
  ["Samsung", "tablet", /\b(sch-i[89]0\d|shw-m380s|sm-[ptx]\w{2,4}|gt-[pn]\d{2,4}|sgh-t8[56]9|nexus 10)/i],
  ["Samsung", "mobile", /\b((?:s[cgp]h|gt|sm)-\w+|galaxy nexus)/i],
  ["Huawei", "mobile", /; ((?:huawei|honor)[-\w ]+)(?: bui|\))/i],
  ["Xiaomi", "mobile", /; ((?:redmi|poco|mi|hm)[-_ ]?[\w ]+?)(?: bui|\))/i],
  ["OnePlus", "mobile", /; (oneplus ?\w+)/i],
  ["Google", "tablet", /; (pixel (?:c|tablet))[ );]/i],
  ["Google", "mobile", /; (pixel[\daxl ]{0,6}(?: pro| fold)?)(?: bui|\))/i],
  ["Motorola", "mobile", /; (moto[\w() ]*?)(?: bui|\))/i],
  ["Amazon", "tablet", /\b(kf[a-z]{2,})(?: bui|\))/i],
  ["Sony", "console", /(playstation \w+)/i],
  ["Microsoft", "console", /\b(xbox(?: one)?(?!; xbox))[); ]/i],
  ["Nintendo", "console", /nintendo (switch|wii|3ds)/i],
  ["Apple", "smarttv", /(apple ?tv)/i],
];

function find(names: Names, ua: string): { name?: string; version?: string } {
  for (const [name, pattern] of names) {
    const match = pattern.exec(ua);
    if (match) return { name, version: match[1] || undefined };
  }
  return { name: undefined, version: undefined };
}

function systemOf(ua: string): UserAgent["os"] {
  const { name, version } = find(systems, ua);
  if (name === "Windows") return { name, version: version && (windows[version] ?? version) };
  if (name === "iOS" || name === "Mac OS") return { name, version: version?.replaceAll("_", ".") };
  // "Linux x86_64" names the processor, not a version.
  if (name === "Linux") return { name, version: /^\d/.test(version ?? "") || version === "x86_64" ? version : undefined };
  return { name, version };
}

function deviceOf(ua: string): UserAgent["device"] {
  for (const [vendor, type, pattern] of devices) {
    const match = pattern.exec(ua);
    if (match) return { vendor, model: match[1]!.trim(), type };
  }
  if (/macintosh/i.test(ua)) return { vendor: "Apple", model: "Macintosh", type: undefined };
  let type: string | undefined;
  if (/\b(smart-?tv|googletv|hbbtv|crkey)\b/i.test(ua)) type = "smarttv";
  else if (/\b(tablet|silk(?!.*mobile))\b|android(?!.*mobile)/i.test(ua)) type = "tablet";
  else if (/\b(mobile|phone)\b/i.test(ua)) type = "mobile";
  return { vendor: undefined, model: undefined, type };
}

function architectureOf(ua: string): string | undefined {
  if (/\b(amd|x86[-_]?|wow|win)64\b/i.test(ua)) return "amd64";
  if (/\b(aarch64|arm64|armv8)\b/i.test(ua)) return "arm64";
  if (/\b(i[346]86|x86|ia32)\b/i.test(ua)) return "ia32";
  if (/\barm(v[67])?/i.test(ua)) return "arm";
  return undefined;
}

/** What a User-Agent header tells; without one everything is unknown. */
export function userAgentFromString(input: string | undefined): UserAgent {
  const ua = input ?? "";
  const browser = find(browsers, ua);
  return {
    ua,
    browser: { ...browser, major: browser.version?.split(".", 1)[0] },
    engine: find(engines, ua),
    os: systemOf(ua),
    device: deviceOf(ua),
    cpu: { architecture: architectureOf(ua) },
    isBot: input !== undefined && bots.test(input),
  };
}

/** What the User-Agent header of a request tells. */
export function userAgent({ headers }: { headers: Headers }): UserAgent {
  return userAgentFromString(headers.get("user-agent") ?? undefined);
}
