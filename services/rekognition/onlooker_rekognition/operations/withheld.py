"""Operations that are not offered for a reason: it is told to whoever calls one, and stands in the README's table."""

from __future__ import annotations

from collections.abc import Mapping

_REASONS = {
    "Custom Labels: this server trains no models": (
        "CopyProjectVersion",
        "CreateDataset",
        "CreateProject",
        "CreateProjectVersion",
        "DeleteDataset",
        "DeleteProject",
        "DeleteProjectPolicy",
        "DeleteProjectVersion",
        "DescribeDataset",
        "DescribeProjectVersions",
        "DescribeProjects",
        "DetectCustomLabels",
        "DistributeDatasetEntries",
        "ListDatasetEntries",
        "ListDatasetLabels",
        "ListProjectPolicies",
        "PutProjectPolicy",
        "StartProjectVersion",
        "StopProjectVersion",
        "UpdateDatasetEntries",
    ),
    "there is no model of celebrities; index those you look for in a collection": (
        "GetCelebrityInfo",
        "GetCelebrityRecognition",
        "RecognizeCelebrities",
        "StartCelebrityRecognition",
    ),
    "Face Liveness films the caller over another protocol, which is not spoken here": (
        "CreateFaceLivenessSession",
        "GetFaceLivenessSessionResults",
    ),
    "live video: Amazon closed stream processors to new customers on 2026-04-30": (
        "CreateStreamProcessor",
        "DeleteStreamProcessor",
        "DescribeStreamProcessor",
        "ListStreamProcessors",
        "StartStreamProcessor",
        "StopStreamProcessor",
        "UpdateStreamProcessor",
    ),
    "Amazon ended people pathing on 2025-10-31": ("GetPersonTracking", "StartPersonTracking"),
    "there is no model of protective equipment": ("DetectProtectiveEquipment",),
    "there is no model of shots and credits": ("GetSegmentDetection", "StartSegmentDetection"),
    "bulk jobs: call DetectModerationLabels for each picture": (
        "GetMediaAnalysisJob",
        "ListMediaAnalysisJobs",
        "StartMediaAnalysisJob",
    ),
}

WITHHELD: Mapping[str, str] = {name: reason for reason, names in _REASONS.items() for name in names}
"""Operation to reason."""
