export const getServerSideProps = () => ({ redirect: { destination: "/about", permanent: false } });

export default function Page() {
  return null;
}
