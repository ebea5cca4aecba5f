package org.pgofs.fleet.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * A store in a bucket of Amazon S3, or of a server that speaks its protocol and knows {@code If-None-Match}. Region, endpoint
 * and credentials are those that all programs of the AWS SDK find, in the environment or in {@code ~/.aws}. With an endpoint of
 * its own, the bucket is named in the path, as the AWS command line does.
 */
final class S3Store implements ObjectStore {
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int ATTEMPTS = 5;

    /** What a line that is not as good as none passes on while an answer is waited for. */
    private static final double LEAST_BYTES = 10 << 20;

    private final S3Location location;
    private final Duration patience;
    private final S3Client client;

    /**
     * A store.
     *
     * @param location where it is
     * @param patience how long an answer to a request without much content may take, all attempts together
     */
    S3Store(S3Location location, Duration patience) {
        this.location = location;
        this.patience = patience;
        client = client(patience);
    }

    private static S3Client client(Duration patience) {
        Region region = region();
        S3EndpointProvider standard = S3EndpointProvider.defaultProvider();
        return S3Client.builder()
                .region(region == null ? Region.US_EAST_1 : region)
                .endpointProvider(parameters -> {
                    boolean isNamed = parameters.endpoint() != null;
                    if (!isNamed && region == null) {
                        throw SdkClientException.create(S3Problem.NO_REGION);
                    }
                    return standard.resolveEndpoint(
                            parameters.toBuilder().forcePathStyle(isNamed).build());
                })
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(patience.dividedBy(4))
                        .socketTimeout(patience.dividedBy(2)))
                .overrideConfiguration(configuration -> configuration
                        .addExecutionInterceptor(new WithoutExpectation())
                        .retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(ATTEMPTS)
                                .retryOnException(S3Store::isConflict)
                                .build()))
                // Content-MD5 does the same, and every server knows it.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(configuration -> configuration.chunkedEncodingEnabled(false))
                .build();
    }

    /** Java's client cannot tell why a request is refused whose content the server has not asked for. */
    private static final class WithoutExpectation implements ExecutionInterceptor {
        @Override
        public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
            return context.httpRequest().copy(request -> request.removeHeader("Expect"));
        }
    }

    /** Null if none is configured, which does not matter where an endpoint is. */
    private static Region region() {
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            return null;
        }
    }

    /** Another writer of this object was faster or slower: the next attempt knows which. */
    private static boolean isConflict(Throwable problem) {
        return problem instanceof S3Exception answer && answer.statusCode() == CONFLICT;
    }

    @Override
    public List<String> list(String directory) throws IOException {
        String prefix = location.prefix() + directory;
        return ask(location.uri(directory), () -> client
                .listObjectsV2Paginator(request -> request.bucket(location.bucket())
                        .prefix(prefix)
                        .delimiter("/")
                        .overrideConfiguration(limit(0)))
                .stream()
                .flatMap(page -> Stream.concat(
                        page.contents().stream().map(object -> object.key()),
                        page.commonPrefixes().stream().map(common -> common.prefix())))
                .map(key -> key.substring(prefix.length()))
                .filter(S3Store::isName)
                .sorted()
                .toList());
    }

    /** What others put there may have any name. */
    private static boolean isName(String name) {
        return !name.isEmpty() && !name.startsWith(".") && !name.startsWith("/");
    }

    @Override
    public byte[] read(String name, int most) throws IOException {
        String uri = location.uri(name);
        Content content = ask(
                uri,
                () -> client.getObject(
                        request -> request.bucket(location.bucket())
                                .key(location.key(name))
                                .overrideConfiguration(limit(most)),
                        (response, bytes) -> Content.read(response, bytes, most)));
        if (content.size() > most) {
            throw new UnusableObjectException(uri + " has " + content.size() + " bytes, more than " + most);
        }
        return content.bytes().array();
    }

    /** What an object has: its size alone if it is too large. */
    private record Content(long size, ByteBuffer bytes) {
        static Content read(GetObjectResponse response, AbortableInputStream from, int most) {
            Long size = response.contentLength();
            if (size == null) {
                throw SdkClientException.create("an object came without its size");
            }
            if (size > most) {
                from.abort();
                return new Content(size, null);
            }
            try {
                byte[] bytes = from.readNBytes(size.intValue());
                if (bytes.length < size) {
                    throw new EOFException("an object ended after " + bytes.length + " of " + size + " bytes");
                }
                return new Content(size, ByteBuffer.wrap(bytes));
            } catch (IOException e) {
                throw RetryableException.create(e.getMessage(), e);
            }
        }
    }

    @Override
    public boolean writeIfAbsent(String name, byte[] content) throws IOException {
        return ask(location.uri(name), () -> {
            try {
                client.putObject(request(name, content).ifNoneMatch("*").build(), RequestBody.fromBytes(content));
                return true;
            } catch (S3Exception e) {
                if (e.statusCode() == PRECONDITION_FAILED) {
                    return false;
                }
                throw e;
            }
        });
    }

    @Override
    public void replace(String name, byte[] content) throws IOException {
        ask(location.uri(name), () -> client.putObject(request(name, content).build(), RequestBody.fromBytes(content)));
    }

    private PutObjectRequest.Builder request(String name, byte[] content) {
        return PutObjectRequest.builder()
                .bucket(location.bucket())
                .key(location.key(name))
                .contentMD5(md5(content))
                .overrideConfiguration(limit(content.length));
    }

    private static String md5(byte[] content) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("MD5").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** For a request with some bytes. Without one, a server that reads nothing would hold a writer for ever. */
    private AwsRequestOverrideConfiguration limit(long bytes) {
        return AwsRequestOverrideConfiguration.builder()
                .apiCallTimeout(Duration.ofMillis(Math.round(patience.toMillis() * (1 + bytes / LEAST_BYTES))))
                .build();
    }

    private <T> T ask(String uri, Supplier<T> question) throws IOException {
        try {
            return question.get();
        } catch (NoSuchKeyException e) {
            throw (IOException) new NoSuchFileException(uri).initCause(e);
        } catch (SdkException | UncheckedIOException e) {
            throw new IOException(S3Problem.line(location, uri, e), e);
        }
    }

    @Override
    public void close() {
        client.close();
    }

    @Override
    public String toString() {
        return location.toString();
    }
}
