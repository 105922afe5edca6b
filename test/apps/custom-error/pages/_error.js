function CustomError({ statusCode, hasError, message }) {
  return (
    <p>
      our error {statusCode} {String(hasError)} {message}
    </p>
  );
}

CustomError.getInitialProps = ({ res, err }) => ({
  statusCode: res ? res.statusCode : err ? err.statusCode : 404,
  hasError: Boolean(err),
  message: err ? err.message : "none",
});

export default CustomError;
