import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.junit.jupiter.Container;
import org.testcontainers.junit.jupiter.Testcontainers;

/** Needs org.testcontainers:testcontainers-junit-jupiter 2 (junit-jupiter of 1.x), and JUnit 5. */
@Testcontainers
class PeopleMockTest {
    // The default strategy, listening ports, calls a shell inside: the image has none.
    @Container
    static final GenericContainer<?> MOCK = new GenericContainer<>("ghcr.io/people-mock/people-mock:0.1.0")
            .withExposedPorts(8080)
            .withEnv("PEOPLE_MOCK_ADMIN", "open")
            .waitingFor(Wait.forHttp("/__admin/ready").forPort(8080).forStatusCode(200));

    static URI url(String path) {
        return URI.create("http://" + MOCK.getHost() + ":" + MOCK.getMappedPort(8080) + path);
    }

    @Test
    void aPersonIsThere() throws Exception {
        var credentials = Base64.getEncoder().encodeToString("admin:admin".getBytes());
        var request = HttpRequest.newBuilder(
                        url("/alfresco/api/-default-/public/alfresco/versions/1/people/abeecher"))
                .header("Authorization", "Basic " + credentials)
                .build();
        var response = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertEquals(200, response.statusCode());
    }
}
