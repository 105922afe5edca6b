import type { NextApiRequest, NextApiResponse } from "next";
import { parseCookie, stringifySetCookie } from "cookie";
import { getIronSession } from "iron-session";
import { jwtVerify, SignJWT } from "jose";
import jwt from "jsonwebtoken";
import { customAlphabet, nanoid } from "nanoid";
import nookies from "nookies";
import { v4, v5, validate } from "uuid";
import * as yaml from "js-yaml";

export default async function handler(req: NextApiRequest, res: NextApiResponse) {
  const secret = "0123456789abcdef0123456789abcdef";
  const key = new TextEncoder().encode(secret);
  const signed = jwt.sign({ sub: "ada" }, secret, { expiresIn: "1h" });
  const { payload } = await jwtVerify(signed, key);
  const other = await new SignJWT({ role: "editor" }).setProtectedHeader({ alg: "HS256" }).setExpirationTime("2h").sign(key);
  const session = await getIronSession<{ visits?: number }>(req, res, { cookieName: "iron", password: secret, cookieOptions: { secure: false } });
  session.visits = (session.visits ?? 0) + 1;
  await session.save();
  nookies.set({ res }, "nookie", "crumb", { path: "/" });
  res.json({
    jsonwebtoken: payload.sub,
    jose: (jwt.verify(other, secret) as jwt.JwtPayload).role,
    visits: session.visits,
    cookies: [parseCookie("a=1; b=2"), stringifySetCookie({ name: "c", value: "3", httpOnly: true }), nookies.get({ req }).nookie ?? null],
    nanoid: [nanoid().length, customAlphabet("ab", 5)().length],
    uuid: [validate(v4()), v5("onward", v5.DNS)],
    yaml: yaml.load("a: [1, two]\nb: {c: true}"),
  });
}
