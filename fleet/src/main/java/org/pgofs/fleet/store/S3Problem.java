package org.pgofs.fleet.store;

import software.amazon.awssdk.services.s3.model.S3Exception;

/** What went wrong with S3, in a line that says what to do. */
final class S3Problem {
    /** What the client says when nobody has named a region. */
    static final String NO_REGION = "no region";

    private static final String NO_CREDENTIALS = "Unable to load credentials";

    private S3Problem() {}

    /**
     * The line.
     *
     * @param location of the store
     * @param uri of the object or directory that was asked for
     * @param problem as the SDK has it
     */
    static String line(S3Location location, String uri, RuntimeException problem) {
        if (problem instanceof S3Exception answer) {
            return answered(location, uri, answer);
        }
        String said = String.valueOf(problem.getMessage());
        if (said.contains(NO_REGION)) {
            return "no region is known for " + location
                    + ": set AWS_REGION, or AWS_ENDPOINT_URL for a server that is not Amazon's";
        }
        if (said.contains(NO_CREDENTIALS)) {
            return "no credentials for " + location
                    + ": set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
        }
        return "the store " + location + " does not answer: " + innermost(problem);
    }

    private static String answered(S3Location location, String uri, S3Exception answer) {
        String code = code(answer);
        return switch (code) {
            case "NoSuchBucket" -> "there is no bucket " + location.bucket() + ": make it, or see AWS_ENDPOINT_URL";
            case "AccessDenied" ->
                "access to " + uri + " is denied: these credentials need s3:PutObject, s3:GetObject"
                        + " or s3:ListBucket there";
            case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken" ->
                "the credentials for "
                        + location + " are refused (" + code + "): see AWS_PROFILE, or AWS_ACCESS_KEY_ID and"
                        + " AWS_SECRET_ACCESS_KEY";
            case "NotImplemented" ->
                "the server of " + location
                        + " does not know If-None-Match, by which no object is written twice: use a newer one";
            default ->
                isElsewhere(answer)
                        ? "the bucket " + location.bucket() + " is in another region" + region(answer)
                                + ": set AWS_REGION"
                        : ("the store answers " + answer.statusCode() + " " + code).strip() + " for " + uri;
        };
    }

    private static String code(S3Exception answer) {
        return answer.awsErrorDetails() == null || answer.awsErrorDetails().errorCode() == null
                ? ""
                : answer.awsErrorDetails().errorCode();
    }

    private static boolean isElsewhere(S3Exception answer) {
        return answer.statusCode() / 100 == 3 || !region(answer).isEmpty();
    }

    private static String region(S3Exception answer) {
        if (answer.awsErrorDetails() == null || answer.awsErrorDetails().sdkHttpResponse() == null) {
            return "";
        }
        return answer.awsErrorDetails()
                .sdkHttpResponse()
                .firstMatchingHeader("x-amz-bucket-region")
                .map(region -> ", " + region)
                .orElse("");
    }

    /** The line of the deepest cause: those above it only repeat it at more length. */
    private static String innermost(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String said = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return said.lines().findFirst().orElse("");
    }
}
