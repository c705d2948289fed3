# Builds all images: docker buildx bake, or one: docker buildx bake tagger. `make images` does so with the version and the commit.

variable "ONLOOKER_TAG" {
  default = "latest"
}
variable "PYTHON" {
  default = "3.13"
}
variable "VERSION" {
  default = "0.1.0"
}
variable "REVISION" {
  default = "unknown"
}
variable "SOURCE" {
  default = ""
}

group "default" {
  targets = ["service", "onlooker", "gateway"]
}

target "common" {
  context = "."
  args = {
    PYTHON   = PYTHON
    VERSION  = VERSION
    REVISION = REVISION
    SOURCE   = SOURCE
  }
}

target "service" {
  matrix = {
    name = ["ingest", "recognizer", "annotator", "tagger", "notifier", "console", "rekognition"]
  }
  name       = name
  inherits   = ["common"]
  dockerfile = "services/${name}/Dockerfile"
  tags       = ["onlooker/${name}:${ONLOOKER_TAG}"]
}

# Not among the default ones: it is several GB, of which NVIDIA's libraries are nearly all.
target "rekognition-gpu" {
  inherits   = ["common"]
  dockerfile = "services/rekognition/Dockerfile"
  args       = { REQUIREMENTS = "requirements-gpu.txt" }
  tags       = ["onlooker/rekognition-gpu:${ONLOOKER_TAG}"]
}

target "onlooker" {
  inherits   = ["common"]
  dockerfile = "cli/Dockerfile"
  tags       = ["onlooker/onlooker:${ONLOOKER_TAG}"]
}

target "gateway" {
  inherits   = ["common"]
  dockerfile = "infra/haproxy/Dockerfile"
  tags       = ["onlooker/gateway:${ONLOOKER_TAG}"]
}
