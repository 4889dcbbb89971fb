"""Makes docs/report.png, the picture of the report, from the example chat with the present code.

    python docs/report_picture.py

Needs the extra `dev`, and Debian's `chromium` and `chromium-driver`.
"""

import shutil
import tempfile
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

import secondcoder

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "improvement-chat"
WORD = "paper"
WIDTH, HEIGHT = 1000, 1000


def main() -> None:
    """Code the example, search its report for a word, and take a picture of what is found."""
    codings = secondcoder.code(EXAMPLE / "chat.csv", EXAMPLE / "codebook.yaml")
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless=new", "--no-sandbox", "--hide-scrollbars"):
        options.add_argument(flag)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        secondcoder.report(codings, output=page)
        with Chrome(options=options, service=Service(shutil.which("chromedriver"))) as browser:
            size = {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False}
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            browser.get(page.as_uri())
            browser.find_element(By.ID, "search").send_keys(WORD)
            browser.execute_async_script(
                "const done = arguments[0]; document.activeElement.blur();"
                "document.getElementById('breakdown').scrollIntoView(); setTimeout(done, 500)"
            )
            browser.save_screenshot(str(ROOT / "docs" / "report.png"))


if __name__ == "__main__":
    main()
