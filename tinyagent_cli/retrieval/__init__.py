"""Tool RAG: which of the tools could matter for a request, so that the planner's prompt stays short."""

from tinyagent_cli.retrieval.classifier import ToolClassifier, load_retriever
from tinyagent_cli.retrieval.lexical import LexicalRetriever
from tinyagent_cli.retrieval.ranking import Ranked, Retriever
from tinyagent_cli.retrieval.select import select

__all__ = ["LexicalRetriever", "Ranked", "Retriever", "ToolClassifier", "load_retriever", "select"]
