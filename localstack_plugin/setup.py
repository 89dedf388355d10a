"""Maps this folder to the package of the same name: folder and package are one."""

from setuptools import find_namespace_packages, setup

PACKAGE = "localstack_plugin"

setup(
    packages=[PACKAGE, *(f"{PACKAGE}.{name}" for name in find_namespace_packages("."))],
    package_dir={PACKAGE: "."},
    package_data={"": ["*"]},
)
