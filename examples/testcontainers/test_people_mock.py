"""pip install testcontainers; python -m unittest"""

import base64
import json
import unittest
import urllib.request

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy


class PeopleMockTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.container = (
            DockerContainer("ghcr.io/people-mock/people-mock:0.1.0")
            .with_exposed_ports(8080)
            .with_env("PEOPLE_MOCK_ADMIN", "open")
            .waiting_for(HttpWaitStrategy(8080, "/__admin/ready").for_status_code(200))
        )
        cls.container.start()
        cls.addClassCleanup(cls.container.stop)
        host, port = cls.container.get_container_host_ip(), cls.container.get_exposed_port(8080)
        cls.url = f"http://{host}:{port}"

    def test_a_person_is_there(self):
        path = "/alfresco/api/-default-/public/alfresco/versions/1/people/abeecher"
        credentials = base64.b64encode(b"admin:admin").decode()
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Basic {credentials}"})
        with urllib.request.urlopen(request) as response:
            self.assertEqual(json.load(response)["entry"]["id"], "abeecher")

    def test_the_control_api_is_open(self):
        with urllib.request.urlopen(self.url + "/__admin/reset", data=b"") as response:
            self.assertLess(response.status, 300)


if __name__ == "__main__":
    unittest.main()
