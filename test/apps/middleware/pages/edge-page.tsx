import { Shown, getServerSideProps as seeing } from "../lib/page";

export const config = { runtime: "experimental-edge" };

export const getServerSideProps = seeing;
export default Shown;
