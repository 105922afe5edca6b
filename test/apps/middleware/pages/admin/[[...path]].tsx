import { Shown, getServerSideProps as seeing } from "../../lib/page";

export const getServerSideProps = seeing;
export default Shown;
