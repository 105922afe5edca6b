export default function ServerError() { return null; }
ServerError.getInitialProps = () => ({});
