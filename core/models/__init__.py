"""The nouns of Techtree: what a course is made of, and what a learner did with it."""

from core.models.conversation import ConversationHistory
from core.models.course import Lesson, Module, Syllabus
from core.models.exercise import Assessment, Exercise
from core.models.lesson_content import LessonContent
from core.models.llm_call import LLMCall
from core.models.preferences import Preferences
from core.models.progress import UserProgress

__all__ = [
    "Assessment",
    "ConversationHistory",
    "Exercise",
    "LLMCall",
    "Lesson",
    "LessonContent",
    "Module",
    "Preferences",
    "Syllabus",
    "UserProgress",
]
