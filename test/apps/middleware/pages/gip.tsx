import type { NextPage } from "next";
import { Shown } from "../lib/page";

const Gip: NextPage<{ request: unknown }> = (props) => <Shown {...props} />;
Gip.getInitialProps = async ({ pathname, query, asPath, req }) => ({ request: { pathname, query, asPath, url: req?.url ?? null } });
export default Gip;
